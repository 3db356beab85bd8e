"""What brings data into the store: the producers' codes, readers and checks of quality."""
