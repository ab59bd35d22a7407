"""The pack format: from a folder of YAML, Markdown and pictures to one compiled, checked pack."""
