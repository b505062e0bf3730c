"""What every room computes with: kinds of arrays, where they live, draws by user, and checks of settings."""
