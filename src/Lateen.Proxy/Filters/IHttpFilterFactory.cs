// SPDX-License-Identifier: Apache-2.0
using Google.Protobuf.WellKnownTypes;
using Lateen.Proxy.Decoding;
using Lateen.Proxy.Health;
using Lateen.Proxy.Stats;

namespace Lateen.Proxy.Filters;

/// <summary>
/// Knows one kind of HTTP filter: decodes what it is configured with, and makes it. Factories stand in the
/// <see cref="HttpFilterRegistry"/>, by the type of their configuration.
/// </summary>
internal interface IHttpFilterFactory
{
    /// <summary>Full name of the message in <c>http_filters[].typed_config</c>.</summary>
    string ConfigType { get; }

    /// <summary>Full name of the message in <c>typed_per_filter_config</c>; may be the same; null when routes have no say.</summary>
    string? OverrideType { get; }

    /// <summary>The decoded configuration; null, with problems noted, where it is bad.</summary>
    object? DecodeConfig(Any config, string path, DecodeContext context);

    /// <inheritdoc cref="DecodeConfig"/>
    object? DecodeOverride(Any config, string path, DecodeContext context);

    /// <param name="name">Name of the filter in its connection manager, which is the key of its overrides.</param>
    IHttpFilter Create(string name, object config, HttpFilterEnvironment environment);
}

/// <summary>What a filter is made with beside its configuration.</summary>
/// <param name="StatPrefix">Of its connection manager.</param>
public sealed record HttpFilterEnvironment(string StatPrefix, ProxyStats Stats)
{
    /// <summary>Traffic comes to the workload.</summary>
    public bool IsInbound { get; init; }

    /// <summary>Whether the proxy says that it is well.</summary>
    public LocalHealth Health { get; init; } = new();

    /// <summary>Envoy's <c>node.cluster</c>: the service that the proxy belongs to.</summary>
    public string ServiceCluster { get; init; } = "";
}

/// <summary>A filter of a connection manager, decoded.</summary>
public sealed class HttpFilterSpec
{
    private readonly IHttpFilterFactory _factory;
    private readonly object _config;
    private readonly bool _isDisabled;

    /// <param name="isDisabled"><c>disabled</c>: off but for routes whose settings switch it on.</param>
    internal HttpFilterSpec(string name, IHttpFilterFactory factory, object config, bool isDisabled)
    {
        Name = name;
        _factory = factory;
        _config = config;
        _isDisabled = isDisabled;
    }

    public string Name { get; }

    public IHttpFilter Create(HttpFilterEnvironment environment) =>
        new SwitchableFilter(_factory.Create(Name, _config, environment), _isDisabled);
}
