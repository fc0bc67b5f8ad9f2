// SPDX-License-Identifier: Apache-2.0
namespace DataPlane.Tests.Interop;

/// <summary>Independent implementations of gRPC.</summary>
public enum GrpcImplementation
{
    /// <summary>Grpc.Net.Client and Grpc.AspNetCore.Server.</summary>
    DotNet,

    /// <summary>gRPC's C core, by Debian's python3-grpcio.</summary>
    CCore,

    /// <summary>@grpc/grpc-js.</summary>
    NodeJs,
}
