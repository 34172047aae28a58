"""What somebody took out of sight and can bring back for a while."""
