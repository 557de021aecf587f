"""Small widgets of one hand: cards, badges, bars, fields."""
