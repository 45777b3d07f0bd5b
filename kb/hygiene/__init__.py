"""The hygiene gate: what is wrong with an article, where, and what of it must not be served. Pure."""

from kb.hygiene.findings import Accepted, Field, Finding, Kind
from kb.hygiene.scan import scan
from kb.hygiene.settle import Settled, served, settle

__all__ = ["Accepted", "Field", "Finding", "Kind", "Settled", "scan", "served", "settle"]
