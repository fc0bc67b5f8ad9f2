// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.MeshWide;
using Lateen.Config.Schemas;
using Lateen.Config.Yaml;
using Lateen.Core;

namespace Lateen.Config.Decoding;

/// <summary>
/// Documents that are no resources: a mesh's configuration, its networks, a proxy's settings. As Istio reads them, by protobuf's rules:
/// names may have underscores, and fields that nobody knows are warnings.
/// </summary>
public static class MeshDecoder
{
    /// <summary>MeshConfig, as in the ConfigMap <c>istio</c> under <c>mesh</c>.</summary>
    /// <param name="inForce">
    /// Fields that traffic goes by, as paths: others that are there are told by warnings, as are those of them that are not in force by
    /// their schema. Null asks for the latter alone.
    /// </param>
    public static DecodedDocument<MeshConfiguration> Mesh(
        string source,
        string text,
        IReadOnlySet<string>? inForce = null
    ) => Decode<MeshConfiguration>(source, text, "MeshConfig", inForce);

    /// <summary>MeshNetworks, as in the ConfigMap <c>istio</c> under <c>meshNetworks</c>.</summary>
    public static DecodedDocument<MeshNetworks> Networks(string source, string text) =>
        Decode<MeshNetworks>(source, text, "MeshNetworks");

    /// <summary>ProxyConfig, as in the annotation <c>proxy.istio.io/config</c>.</summary>
    public static DecodedDocument<ProxyConfiguration> Proxy(string source, string text) =>
        Decode<ProxyConfiguration>(source, text, "ProxyConfig");

    private static DecodedDocument<T> Decode<T>(
        string source,
        string text,
        string subject,
        IReadOnlySet<string>? inForce = null
    )
        where T : class, new()
    {
        var documents = YamlReader.Read(source, text, out var broken);
        if (broken is not null)
            return new DecodedDocument<T>(null, [broken]);
        if (documents.Count == 0)
            return new DecodedDocument<T>(new T(), []);
        if (documents.Count > 1)
            return new DecodedDocument<T>(
                null,
                [ProblemCatalogue.NotADocument(documents[1].At, subject, "is more than one document")]
            );
        var scope = new DecodeScope(subject);
        DuplicateKeys.Tell(documents[0], scope);
        var schema = SchemaBuilder.Of(typeof(T));
        var content = (T?)new ObjectReader(scope, isProtobuf: true).Read(schema, documents[0], FieldPath.Root);
        if (inForce is not null && documents[0] is YamlMapping map)
            TellWhatIsNotInForce(schema, map, "", inForce, scope);
        return new DecodedDocument<T>(scope.HasErrors ? null : content, scope.Problems);
    }

    /// <param name="prefix">Path of the mapping, with a dot behind it; empty for the document.</param>
    private static void TellWhatIsNotInForce(
        ObjectSchema schema,
        YamlMapping map,
        string prefix,
        IReadOnlySet<string> inForce,
        DecodeScope scope
    )
    {
        foreach (var (key, value) in ProtobufNames.Resolve(schema, map).Entries)
        {
            var path = $"{prefix}{key.Value}";
            if (schema.Find(key.Value) is not { } field || inForce.Contains(path))
                continue;
            var within = $"{path}.";
            if (
                field.Value is ObjectSchema content
                && value is YamlMapping fields
                && inForce.Any(known => known.StartsWith(within, StringComparison.Ordinal))
            )
                TellWhatIsNotInForce(content, fields, within, inForce, scope);
            else
                scope.Add(ProblemCatalogue.FieldNotInForce(value.At, scope.Subject, path));
        }
    }
}

/// <summary>A document, if it is good, and what is wrong with it.</summary>
/// <param name="Content">Null when there are errors.</param>
public sealed record DecodedDocument<T>(T? Content, IReadOnlyList<Problem> Problems)
    where T : class;
