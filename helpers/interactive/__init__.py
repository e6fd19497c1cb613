"""What one plays with: a plot that is drawn while a network trains, and the explorer."""
