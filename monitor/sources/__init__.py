"""Where frames come from: files, cameras, streams, a watched folder or the virtual microscope."""

from monitor.sources.notices import Notice, NoticeKind, TellsNotices
from monitor.sources.protocol import Frame, KnowsByName, Source, SourceError, UnreadableFrame
from monitor.sources.registry import open_source

__all__ = [
    "Frame",
    "KnowsByName",
    "Notice",
    "NoticeKind",
    "Source",
    "SourceError",
    "TellsNotices",
    "UnreadableFrame",
    "open_source",
]
