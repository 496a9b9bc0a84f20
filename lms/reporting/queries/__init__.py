"""What every report is asked of: which events, of which dates, grouped and narrowed by what."""

from lms.reporting.queries.dimensions import (
    DIMENSIONS,
    Dimension,
    Filter,
    filter_name,
    filter_named,
    filter_words,
    filters_in_words,
    values_offered,
)
from lms.reporting.queries.scope import (
    Asked,
    Scope,
    list_years,
    scope_of,
)

__all__ = [
    "DIMENSIONS",
    "Asked",
    "Dimension",
    "Filter",
    "Scope",
    "filter_name",
    "filter_named",
    "filter_words",
    "filters_in_words",
    "list_years",
    "scope_of",
    "values_offered",
]
