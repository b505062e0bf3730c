"""xApps in processes of their own: what travels between them and an embedded RIC, as protobuf messages over gRPC.

The only folder that imports grpc and protobuf (the extra `rpc`). `table` says which type is which message, `wire` makes
octets of what the two ends say, `front` is the process that owns the RIC's gRPC server, `channel` an xApp's end.
"""
