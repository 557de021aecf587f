"""One file a kinship of architectures: from config fields to tensors and attention."""
