"""The parts of the build of the shipped data, one module per source."""
