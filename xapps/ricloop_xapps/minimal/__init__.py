"""The smallest useful xApp."""
