"""Tables in and out: CSV and XLSX, with faults by line and column."""
