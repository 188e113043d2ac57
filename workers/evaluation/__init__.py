"""How well a model's scores tell infected cells from healthy ones: figures and pictures."""
