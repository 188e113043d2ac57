"""Pure functions from a frame to its cells: masks, boxes, crops and field quality."""
