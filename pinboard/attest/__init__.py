"""The second look: a clinician who did not write a case says that nothing in its images identifies the patient."""
