"""The builder: from a wish to the best machine of the catalogue, with the proof, or to what stands in the way."""
