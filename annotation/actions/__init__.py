"""What people do: one file per noun, one function per verb; the only way a wish is written."""
