//! What a process has after the first calls: the table in the docs.
