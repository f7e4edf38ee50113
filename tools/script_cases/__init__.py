"""Cases from Python that hold the scripts of the pages to its rules."""
