"""A language model as numbers: its tensors, its attention, its experts, and the readers of the files that tell them."""
