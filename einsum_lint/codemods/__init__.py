"""The codemods, one file each: being in this folder is being registered."""
