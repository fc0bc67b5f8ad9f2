// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using ControlPlane.Tests.Config.Schemas;
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.MeshWide;
using Lateen.Config.Schemas;
using Lateen.Core;
using SharpYaml.Model;
using Path = System.IO.Path;

namespace ControlPlane.Tests.Config;

/// <summary>
/// The YAML of <c>samples</c> and of the corpus beside this file, in the shapes that users write: it is read without an error, and uses
/// every field of every kind.
/// </summary>
public class CorpusTests
{
    private static readonly string s_root = Root();

    private static readonly string[] s_files =
    [
        .. Directory.EnumerateFiles(Path.Combine(s_root, "samples"), "*.yaml", SearchOption.AllDirectories),
        .. Directory.EnumerateFiles(
            Path.Combine(s_root, "tests", "ControlPlane.Tests", "Config", "Corpus"),
            "*.*",
            SearchOption.AllDirectories
        ),
    ];

    internal static IEnumerable<string> ResourceFiles => s_files.Where(static file => !IsMesh(file));

    internal static IEnumerable<IGrouping<Type, string>> MeshFilesByType => s_files.Where(IsMesh).GroupBy(MeshTypeOf);

    public static TheoryData<string> Resources =>
        new(
            s_files
                .Where(static file => !IsMesh(file))
                .Select(static file => Path.GetRelativePath(s_root, file))
                .Order()
        );

    public static TheoryData<string> MeshFiles =>
        new(s_files.Where(IsMesh).Select(static file => Path.GetRelativePath(s_root, file)).Order());

    [Theory]
    [MemberData(nameof(Resources))]
    public void Resources_are_read_without_an_error(string file)
    {
        var decoded = ResourceDecoder.Decode(file, File.ReadAllText(Path.Combine(s_root, file)));
        Assert.DoesNotContain(decoded.Problems, static problem => !IsExpected(problem));
        Assert.NotEmpty(decoded.Resources);
    }

    [Theory]
    [MemberData(nameof(MeshFiles))]
    public void The_meshs_own_documents_are_read_without_an_error(string file)
    {
        var text = File.ReadAllText(Path.Combine(s_root, file));
        var problems =
            MeshTypeOf(file) == typeof(MeshNetworks)
                ? MeshDecoder.Networks(file, text).Problems
                : MeshDecoder.Mesh(file, text).Problems;
        Assert.DoesNotContain(problems, static problem => !IsExpected(problem));
    }

    [Fact]
    public void Every_field_of_every_kind_is_used()
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in s_files)
        {
            foreach (var document in YamlStream.Load(new StringReader(File.ReadAllText(file))))
                Use(file, document.Contents, used);
        }
        var missing = KindCatalogue
            .All.SelectMany(static kind => Fields(NameOf(kind), kind.Content))
            .Concat(Fields(nameof(MeshConfiguration), SchemaBuilder.Of(typeof(MeshConfiguration))))
            .Concat(Fields(nameof(MeshNetworks), SchemaBuilder.Of(typeof(MeshNetworks))))
            .Where(field => !used.Contains(field))
            .ToList();
        Assert.True(missing.Count == 0, string.Join('\n', missing));
    }

    /// <summary>What is known and not in force, and what is deprecated, is used here on purpose.</summary>
    private static bool IsExpected(Problem problem) =>
        problem is { Severity: Severity.Warning, Code: "LT0501" or "LT0502" or "LT0205" };

    private static bool IsMesh(string file) => Path.GetFileName(file).StartsWith("mesh-", StringComparison.Ordinal);

    private static Type MeshTypeOf(string file) =>
        Path.GetFileName(file).Contains("networks", StringComparison.Ordinal)
            ? typeof(MeshNetworks)
            : typeof(MeshConfiguration);

    private static string NameOf(KindSchema kind) => KindCatalogue.DisplayName(kind.Group, kind.Name);

    /// <summary>Kind, record and field: a record that two kinds have is used in both.</summary>
    private static IEnumerable<string> Fields(string kind, ObjectSchema content) =>
        SchemaWalk.Objects([content]).SelectMany(schema => schema.Fields.Select(field => Name(kind, schema, field)));

    private static string Name(string kind, ObjectSchema schema, FieldSchema field) =>
        $"{kind}: {schema.Type.Name}.{field.Name}";

    private static void Use(string file, YamlElement? document, HashSet<string> used)
    {
        if (document is not YamlMapping map)
            return;
        if (IsMesh(file))
        {
            var type = MeshTypeOf(file);
            Use(type.Name, SchemaBuilder.Of(type), map, used);
            return;
        }
        if (Text(map, "kind") == "List" && Find(map, "items") is YamlSequence items)
        {
            foreach (var item in items)
                Use(file, item, used);
            return;
        }
        var version = Text(map, "apiVersion");
        var group = version.Contains('/') ? version[..version.IndexOf('/')] : "";
        if (KindCatalogue.Find(group, Text(map, "kind")) is not { } kind)
            return;
        if ((kind.IsWhole ? map : Find(map, "spec")) is { } content)
            Use(NameOf(kind), kind.Content, content, used);
    }

    private static void Use(string kind, ValueSchema schema, YamlElement node, HashSet<string> used)
    {
        switch (schema, node)
        {
            case (ObjectSchema content, YamlMapping map):
                foreach (var (key, value) in map)
                {
                    if (content.Find(((YamlValue)key).Value) is not { } field)
                        continue;
                    used.Add(Name(kind, content, field));
                    Use(kind, field.Value, value!, used);
                }
                break;
            case (ListSchema list, YamlSequence items):
                foreach (var item in items)
                    Use(kind, list.Item, item, used);
                break;
            case (MapSchema values, YamlMapping map):
                foreach (var (_, value) in map)
                    Use(kind, values.Value, value!, used);
                break;
        }
    }

    private static YamlElement? Find(YamlMapping map, string name) =>
        map.FirstOrDefault(pair => pair.Key is YamlValue key && key.Value == name).Value;

    private static string Text(YamlMapping map, string name) => (Find(map, name) as YamlValue)?.Value ?? "";

    private static string Root([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}
