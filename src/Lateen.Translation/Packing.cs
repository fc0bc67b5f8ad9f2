// SPDX-License-Identifier: Apache-2.0
using System.IO.Hashing;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Lateen.Xds;

namespace Lateen.Translation;

/// <summary>Messages → resources, and the small wrappers that xDS messages are full of.</summary>
internal static class Packing
{
    /// <summary>
    /// The version is a hash of the bytes. They are the same for the same content, since messages are built in one order
    /// always and maps keep the order they were filled in.
    /// </summary>
    public static NamedResource Resource(string name, IMessage message)
    {
        var body = Any.Pack(message);
        return new NamedResource(name, Convert.ToHexStringLower(XxHash128.Hash(body.Value.Span)), body);
    }

    public static Duration Duration(TimeSpan time) => Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(time);

    public static Duration Zero => new();

    /// <summary>A Struct of texts, in the order given.</summary>
    public static Struct Texts(params ReadOnlySpan<(string Key, string Value)> fields)
    {
        var texts = new Struct();
        foreach (var (key, value) in fields)
            texts.Fields[key] = Value.ForString(value);
        return texts;
    }
}
