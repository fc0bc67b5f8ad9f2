// SPDX-License-Identifier: Apache-2.0
using Google.Protobuf.WellKnownTypes;
using Lateen.Proxy.Decoding;
using Api = Envoy.Extensions.Filters.Http.GrpcWeb.V3;

namespace Lateen.Proxy.Filters.Grpc;

/// <summary><c>envoy.extensions.filters.http.grpc_web.v3.GrpcWeb</c>, which has no settings; routes may only switch it.</summary>
internal sealed class GrpcWebFilterFactory : IHttpFilterFactory
{
    public string ConfigType => Api.GrpcWeb.Descriptor.FullName;

    public string? OverrideType => null;

    public object? DecodeConfig(Any config, string path, DecodeContext context) =>
        context.Unpack<Api.GrpcWeb>(config, path);

    public object? DecodeOverride(Any config, string path, DecodeContext context) => null;

    public IHttpFilter Create(string name, object config, HttpFilterEnvironment environment) =>
        new GrpcWebFilter(name, environment.Stats.Workers);
}
