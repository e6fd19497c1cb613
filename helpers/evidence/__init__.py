"""What the numbers say: measures, comparisons over seeds, claims with their evidence, provenance."""
