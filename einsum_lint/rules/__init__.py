"""The rules: one file each, named for the pattern it finds.  Being here is being registered."""
