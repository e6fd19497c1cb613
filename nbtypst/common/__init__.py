"""What all rooms use: errors, programs, the page, its fonts, and CSS."""
