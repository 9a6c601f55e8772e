"""A table of one's own, read as people's tables are: everything that is decided for them is said, and can be changed.

===========  ========================================================================
`source`     a file's bytes, and the text in them
`workbook`   the cells of an Excel file
`markup`     the cells of a table in HTML
`how`        what one may decide oneself
`rows`       what separates the cells
`layout`     remarks above the table, lines of names, data
`cells`      numbers: signs, separators, units, gaps; yes and no
`times`      times of day and dates
`table`      `Table`: columns and kinds, and the data sets and series taken from it
`reading`    all of it in order
`faults`     `TableError`: what stops the reading, in one sentence of either language
===========  ========================================================================

`core.data` passes `read_csv` and `TableError` on.
"""

from core.tables.faults import TableError as TableError
from core.tables.how import ENCODINGS as ENCODINGS
from core.tables.how import How as How
from core.tables.reading import read_csv as read_csv
from core.tables.reading import read_table as read_table
from core.tables.rows import SEPARATORS as SEPARATORS
from core.tables.source import MAX_MEGABYTES as MAX_MEGABYTES
from core.tables.table import Choice as Choice
from core.tables.table import Column as Column
from core.tables.table import Series as Series
from core.tables.table import Table as Table
