"""One box that looks in the words of the cases its reader may see."""
