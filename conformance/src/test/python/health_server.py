# SPDX-FileCopyrightText: The Pingora for the JVM authors
# SPDX-License-Identifier: Apache-2.0
"""A gRPC server with the health service of grpcio: the whole and shop.Carts serve, shop.Orders does
not.

health_server.py CERTIFICATE KEY: prints its port without TLS and the one with, and runs until killed.
"""

import sys
from concurrent import futures

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

Status = health_pb2.HealthCheckResponse


def main():
    with open(sys.argv[1], "rb") as chain, open(sys.argv[2], "rb") as key:
        credentials = grpc.ssl_server_credentials([(key.read(), chain.read())])
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=2))
    servicer = health.HealthServicer()
    servicer.set("shop.Carts", Status.SERVING)
    servicer.set("shop.Orders", Status.NOT_SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    plain = server.add_insecure_port("127.0.0.1:0")
    secure = server.add_secure_port("127.0.0.1:0", credentials)
    server.start()
    print(plain, secure, flush=True)
    server.wait_for_termination()


main()
