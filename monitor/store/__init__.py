"""The store: what is counted goes into Redis here, and is asked for here."""

from monitor.store.cells import FieldCells, field_cells
from monitor.store.connection import Store, connect
from monitor.store.embedded import start as start_server
from monitor.store.embedded import stop as stop_server
from monitor.store.encode import looks_unhealthy
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
from monitor.store.flagged import KeptCell, flagged_cells, sampled_cells
from monitor.store.keys import check_slide_id
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
from monitor.store.review_records import (
    JUDGEMENTS,
    STAGES,
    Judgement,
    LoggedReview,
    Review,
    ReviewError,
    Stage,
    check_reviewer,
)
from monitor.store.reviews import (
    UnknownCellError,
    add_reviews,
    review_log,
    standing_reviews,
    undo_reviews,
)
from monitor.store.status import status as store_status
from monitor.store.summarise import LIVING, Summary
from monitor.store.want import ask_slide
from monitor.store.writer import SlideWriter

__all__ = [
    "JUDGEMENTS",
    "LIVING",
    "STAGES",
    "Activity",
    "BeginMode",
    "Box",
    "Event",
    "FieldCells",
    "FieldResult",
    "FrameOutcome",
    "FrameRecord",
    "Judgement",
    "KeptCell",
    "LoggedReview",
    "MapLayout",
    "MapPicture",
    "Place",
    "Review",
    "ReviewError",
    "SlideDiffers",
    "SlideExists",
    "SlideInfo",
    "SlideNotCounting",
    "SlideNotFound",
    "SlideTaken",
    "SlideWriter",
    "Stage",
    "Store",
    "StoreError",
    "StoreRefused",
    "StoreStatus",
    "StoreUnavailable",
    "Summary",
    "Tile",
    "ToldEvent",
    "UnknownCellError",
    "Wanted",
    "add_reviews",
    "ask_slide",
    "check_reviewer",
    "check_slide_id",
    "connect",
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
    "refuse_existing",
    "review_log",
    "sampled_cells",
    "scores_by_field",
    "slide_map",
    "slide_scores",
    "slides",
    "standing_reviews",
    "start_server",
    "stop_server",
    "store_status",
    "summary",
    "undo_reviews",
]
