"""What people say of cells, and what follows from it."""
