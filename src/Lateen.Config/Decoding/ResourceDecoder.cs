// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json.Nodes;
using Lateen.Config.Schemas;
using Lateen.Config.Statuses;
using Lateen.Config.Validation;
using Lateen.Config.Yaml;
using Lateen.Core;

namespace Lateen.Config.Decoding;

/// <summary>YAML documents → resources. Kinds of foreign API groups are skipped with a warning.</summary>
public static class ResourceDecoder
{
    private static readonly string[] s_envelope = ["apiVersion", "kind", "metadata", "status"];

    /// <summary>Reads every document of a text.</summary>
    /// <param name="source">File or store that messages name.</param>
    public static DecodedText Decode(string source, string text)
    {
        var documents = YamlReader.Read(source, text, out var broken);
        var result = new DecodedText(broken is null);
        if (broken is not null)
            result.Add(broken);
        foreach (var document in documents)
            Decode(document, null, result);
        return result;
    }

    /// <summary>Reads one object that came as JSON. Messages are those of YAML, without line and column.</summary>
    /// <param name="source">Store or client that messages name.</param>
    public static DecodedText Decode(string source, JsonObject resource)
    {
        var result = new DecodedText(isReadable: true);
        Decode(YamlJson.FromJson(resource, new SourceLocation(source)), null, result);
        return result;
    }

    /// <summary>
    /// Reads an object as a store holds it, without what only says how it fares: its status, where that is not what the mesh reads, and who owns what
    /// of it. Messages are without line and column: nobody wrote that text.
    /// </summary>
    /// <param name="content">JSON in UTF-8.</param>
    internal static DecodedText DecodeStored(string source, ReadOnlySpan<byte> content)
    {
        if (JsonDocuments.TryRead(new SourceLocation(source), content) is not [YamlMapping stored])
            return Decode(source, Encoding.UTF8.GetString(content));
        var result = new DecodedText(isReadable: true);
        Decode(WithoutFortunes(stored), null, result);
        return result;
    }

    private static YamlMapping WithoutFortunes(YamlMapping stored)
    {
        var kind = KindCatalogue.Find(SplitApiVersion(Text(stored, "apiVersion")).Group, Text(stored, "kind"));
        // Where the whole document is the kind's, its status is something that the mesh may read, as a pod's.
        var bare = kind is { IsWhole: false } ? Without(stored, ["status"]) : stored;
        if (bare.Find("metadata") is not YamlMapping metadata || metadata.Find("managedFields") is null)
            return bare;
        return bare with
        {
            Entries = bare
                .Entries.Select(entry =>
                    entry.Key.Value == "metadata" ? entry with { Value = Without(metadata, ["managedFields"]) } : entry
                )
                .ToArray(),
        };
    }

    /// <param name="list">The list that the document is an item of: items of typed lists need not say what they are.</param>
    private static void Decode(YamlNode document, TypedList? list, DecodedText result)
    {
        if (document is not YamlMapping map)
        {
            result.AddUnnamed(ProblemCatalogue.NotAResource(document.At, "the document is no mapping"));
            return;
        }
        var apiVersion = Text(map, "apiVersion") is { Length: > 0 } own ? own : list?.ApiVersion ?? "";
        var kind = Text(map, "kind") is { Length: > 0 } name ? name : list?.Kind ?? "";
        if (apiVersion.Length == 0 || kind.Length == 0)
        {
            result.AddUnnamed(ProblemCatalogue.NotAResource(map.At, "the document has no apiVersion or no kind"));
            return;
        }
        if (TypedList.Of(apiVersion, kind) is { } type && map.Find("items") is YamlSequence items)
        {
            foreach (var item in items.Items)
                Decode(item, type, result);
            return;
        }
        DecodeKind(map, apiVersion, kind, result);
    }

    private static void DecodeKind(YamlMapping map, string apiVersion, string name, DecodedText result)
    {
        var (group, version) = SplitApiVersion(apiVersion);
        var kind = KindCatalogue.Find(group, name);
        var key = KeyOf(map, group, name, kind);
        if (kind is null)
        {
            result.Add(
                ForeignKinds.Include(group, name)
                    ? ProblemCatalogue.ForeignKind(map.At, key.ToString(), apiVersion)
                    : ProblemCatalogue.UnknownKind(map.At, key.ToString(), apiVersion, ForeignKinds.Meant(group, name))
            );
            return;
        }
        if (kind.IsForAnalysisOnly)
        {
            ReadForAnalysis(kind, map, key, apiVersion, result);
            return;
        }
        if (key.Name.Length == 0)
        {
            result.AddUnnamed(ProblemCatalogue.NotAResource(map.At, $"the {name} has no metadata.name"));
            return;
        }
        var scope = new DecodeScope(key.ToString());
        DuplicateKeys.Tell(map, scope);
        if (!kind.Versions.Contains(version))
            scope.Add(
                ProblemCatalogue.UnknownVersion(map.At, scope.Subject, apiVersion, kind.ApiVersion(kind.Versions[0]))
            );
        if (kind.IsNotInForce && !MeshSettings.MayBeIn(key))
            scope.Add(ProblemCatalogue.KindNotInForce(map.At, scope.Subject));
        if (Read(kind, map, key, scope) is { } resource)
            result.Add(resource with { Fingerprint = YamlFingerprint.Of(map) }, scope);
        else
            result.Refuse(key, scope);
    }

    /// <summary>Whether it is in order is Kubernetes' business: the mesh skips it either way.</summary>
    private static void ReadForAnalysis(
        KindSchema kind,
        YamlMapping map,
        ConfigKey key,
        string apiVersion,
        DecodedText result
    )
    {
        result.Add(ProblemCatalogue.ForeignKind(map.At, key.ToString(), apiVersion));
        var own = new DecodeScope(key.ToString());
        if (key.Name.Length > 0 && Read(kind, map, key, own) is { } resource && !own.HasErrors)
            result.Add(resource with { Fingerprint = YamlFingerprint.Of(map) }, new DecodeScope(key.ToString()));
    }

    private static ConfigResource? Read(KindSchema kind, YamlMapping map, ConfigKey key, DecodeScope scope)
    {
        var reader = new ObjectReader(scope);
        var metadata = (ResourceMetadata?)
            reader.Read(SchemaBuilder.Of(typeof(ResourceMetadata)), map.Find("metadata")!, FieldPath.Root["metadata"]);
        var at = kind.IsWhole ? FieldPath.Root : FieldPath.Root["spec"];
        var content = Content(kind, map, at, reader, scope);
        if (content is null || metadata is null)
            return null;
        KindValidators.Check(content, at, metadata, new ValidationScope(key, scope, map));
        return kind.Resource(key, metadata, map.At, content) with { Conditions = ReportedCondition.Of(map) };
    }

    private static object? Content(
        KindSchema kind,
        YamlMapping map,
        FieldPath at,
        ObjectReader reader,
        DecodeScope scope
    )
    {
        if (kind.IsWhole)
            return reader.Read(
                kind.Content,
                Without(map, s_envelope.Where(name => kind.Content.Find(name) is null)),
                at
            );
        foreach (var entry in map.Entries)
        {
            if (entry.Key.Value != "spec" && !s_envelope.Contains(entry.Key.Value))
                scope.Add(UnknownTopLevel(entry, scope.Subject));
        }
        var spec = map.Find("spec");
        if (kind.IsSpecOptional && spec is null or YamlScalar { IsNull: true })
            return reader.Read(kind.Content, new YamlMapping(map.At, []), at);
        if (spec is not null)
            return reader.Read(kind.Content, spec, at);
        scope.Add(ProblemCatalogue.Missing(map.At, scope.Subject, "spec"));
        return null;
    }

    private static Problem UnknownTopLevel(YamlEntry entry, string subject) =>
        ProblemCatalogue.UnknownField(
            entry.Key.At,
            subject,
            entry.Key.Value,
            Spelling.Closest(entry.Key.Value, ["spec", .. s_envelope])
        );

    private static YamlMapping Without(YamlMapping map, IEnumerable<string> fields) =>
        map with
        {
            Entries = map.Entries.Where(entry => !fields.Contains(entry.Key.Value)).ToArray(),
        };

    private static ConfigKey KeyOf(YamlMapping map, string group, string name, KindSchema? kind)
    {
        var metadata = map.Find("metadata") as YamlMapping;
        var ns = kind is { IsClusterScoped: true } ? "" : Text(metadata, "namespace");
        return new ConfigKey(
            group,
            name,
            ns.Length == 0 && kind is not { IsClusterScoped: true } ? "default" : ns,
            Text(metadata, "name")
        );
    }

    private static (string Group, string Version) SplitApiVersion(string apiVersion)
    {
        var slash = apiVersion.IndexOf('/');
        return slash < 0 ? ("", apiVersion) : (apiVersion[..slash], apiVersion[(slash + 1)..]);
    }

    private static string Text(YamlMapping? map, string field) =>
        map?.Find(field) is YamlScalar { IsNull: false } scalar ? scalar.Value : "";

    /// <summary>A list of one kind, or of several.</summary>
    /// <param name="Kind">Of its items; null where each says its own.</param>
    private sealed record TypedList(string ApiVersion, string? Kind)
    {
        public static TypedList? Of(string apiVersion, string kind)
        {
            if (kind == "List")
                return new TypedList("", null);
            if (!kind.EndsWith("List", StringComparison.Ordinal))
                return null;
            var item = kind[..^"List".Length];
            return KindCatalogue.Find(SplitApiVersion(apiVersion).Group, item) is null
                ? null
                : new TypedList(apiVersion, item);
        }
    }
}
