// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Mixer;

/// <summary>Attributes that expressions may use.</summary>
[Kind("config.istio.io", "attributemanifests", "v1alpha2", Name = "attributemanifest", IsNotInForce = true)]
public sealed record AttributeManifest
{
    /// <summary>Not in use.</summary>
    public string Revision { get; init; } = "";

    /// <summary>Who says what the attributes are.</summary>
    public string Name { get; init; } = "";

    /// <summary>Name → what it is.</summary>
    [Required]
    public IReadOnlyDictionary<string, AttributeInfo> Attributes { get; init; } =
        new Dictionary<string, AttributeInfo>();
}

/// <summary>An attribute.</summary>
public sealed record AttributeInfo
{
    /// <summary>For people.</summary>
    public string Description { get; init; } = "";

    /// <summary>Type of its values.</summary>
    public MixerValueType ValueType { get; init; }
}

/// <summary>Types of attributes.</summary>
public enum MixerValueType : byte
{
    /// <summary>Not a value to use.</summary>
    ValueTypeUnspecified,

    /// <summary>A text.</summary>
    String,

    /// <summary>A whole number.</summary>
    [Word("INT64")]
    Int64,

    /// <summary>A number.</summary>
    Double,

    /// <summary>True or false.</summary>
    Bool,

    /// <summary>A moment.</summary>
    Timestamp,

    /// <summary>An address of IPv4 or IPv6.</summary>
    IpAddress,

    /// <summary>An address of mail.</summary>
    EmailAddress,

    /// <summary>A URI.</summary>
    Uri,

    /// <summary>A name of DNS.</summary>
    DnsName,

    /// <summary>A span of time.</summary>
    Duration,

    /// <summary>Text → text.</summary>
    StringMap,
}
