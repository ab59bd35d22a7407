"""What the tool keeps of a person, told to that person."""
