"""A small school LMS to try the tool with, and the runner of ``make demo``.

It stands where a real LMS would stand: it launches the tool in an iframe, keeps a gradebook, and checks strictly what
the tool sends. To stay an independent judge it imports nothing of the tool: the two talk by HTTP and the command line.
"""
