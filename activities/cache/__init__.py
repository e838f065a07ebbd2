"""Results that are kept for later runs: what they depend on, where they are kept, and what happens where that fails."""
