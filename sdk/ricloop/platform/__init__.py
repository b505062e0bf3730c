"""What Kubernetes and an O-RAN SC near-RT RIC are told and asked: leases, descriptors, registration, health."""
