"""One lesson a file, in the notes' chapters; `ui.catalog` discovers them."""
