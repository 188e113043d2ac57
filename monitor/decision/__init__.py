"""What the counts of a slide mean: a verdict with its limits, or why there is none."""

from monitor.decision.judge import Judge, counts_of
from monitor.decision.site import Site, dump_site, read_site, site_threshold

__all__ = ["Judge", "Site", "counts_of", "dump_site", "read_site", "site_threshold"]
