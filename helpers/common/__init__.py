"""What every room uses and what computes nothing: checks of arguments, display, files of networks, progress bars."""
