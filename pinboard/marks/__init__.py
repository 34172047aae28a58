"""What readers draw over the frames of a case, with letters by which their comments speak of it."""
