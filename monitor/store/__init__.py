"""The store: what is counted goes into Redis here, and is asked for here."""

from monitor.store.audit import Action, Deed, audit_trail, record_deed, this_user
from monitor.store.bits import FrameSet
from monitor.store.cells import FieldCells, field_cells
from monitor.store.connection import Store, connect
from monitor.store.dump import PASSING, SlideDump, dump_slide, restore_slide
from monitor.store.embedded import start as start_server
from monitor.store.embedded import stop as stop_server
from monitor.store.encode import decode_scores, looks_unhealthy
from monitor.store.errors import (
    SlideDiffers,
    SlideExists,
    SlideNotCounting,
    SlideNotFound,
    SlideTaken,
    StoreError,
    StoreRefused,
    StoreUnavailable,
)
from monitor.store.events import ToldEvent, events, follow_events
from monitor.store.flagged import KeptCell, flagged_cells
from monitor.store.keys import check_slide_id
from monitor.store.prune import Outlived, outlived, prune
from monitor.store.queries import (
    field_latencies,
    frame_names,
    frame_records,
    last_owner,
    live_status,
    refuse_existing,
    scores_by_field,
    slide_map,
    slide_scores,
    slides,
    summary,
)
from monitor.store.records import (
    Activity,
    BeginMode,
    Box,
    Event,
    FieldResult,
    FlaggedCell,
    FrameOutcome,
    FrameRecord,
    MapLayout,
    MapPicture,
    Place,
    SlideInfo,
    StoreStatus,
    Tile,
    Wanted,
)
from monitor.store.status import status as store_status
from monitor.store.summarise import LIVING, Summary
from monitor.store.want import ask_slide
from monitor.store.writer import SlideWriter

__all__ = [
    "LIVING",
    "PASSING",
    "Action",
    "Activity",
    "BeginMode",
    "Box",
    "Deed",
    "Event",
    "FieldCells",
    "FieldResult",
    "FlaggedCell",
    "FrameOutcome",
    "FrameRecord",
    "FrameSet",
    "KeptCell",
    "MapLayout",
    "MapPicture",
    "Outlived",
    "Place",
    "SlideDiffers",
    "SlideDump",
    "SlideExists",
    "SlideInfo",
    "SlideNotCounting",
    "SlideNotFound",
    "SlideTaken",
    "SlideWriter",
    "Store",
    "StoreError",
    "StoreRefused",
    "StoreStatus",
    "StoreUnavailable",
    "Summary",
    "Tile",
    "ToldEvent",
    "Wanted",
    "ask_slide",
    "audit_trail",
    "check_slide_id",
    "connect",
    "decode_scores",
    "dump_slide",
    "events",
    "field_cells",
    "field_latencies",
    "flagged_cells",
    "follow_events",
    "frame_names",
    "frame_records",
    "last_owner",
    "live_status",
    "looks_unhealthy",
    "outlived",
    "prune",
    "record_deed",
    "refuse_existing",
    "restore_slide",
    "scores_by_field",
    "slide_map",
    "slide_scores",
    "slides",
    "start_server",
    "stop_server",
    "store_status",
    "summary",
    "this_user",
]
