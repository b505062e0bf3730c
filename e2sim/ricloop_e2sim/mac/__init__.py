"""MAC: which user of a cell gets how many PRBs, in slices and by a policy per cell."""
