// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json.Nodes;
using Lateen.Config.Decoding;
using Lateen.Config.Objects;
using Lateen.Config.Schemas;

namespace Lateen.Cli.Resources;

/// <summary>An object, or all of a kind, as paths of the API have it.</summary>
/// <param name="Namespace">Empty for all of them, and for kinds that are in none.</param>
/// <param name="Name">Empty for all.</param>
internal sealed record ResourceReference(KindSchema Kind, string Version, string Namespace, string Name)
{
    public const string DefaultNamespace = "default";

    /// <summary>As kubectl shows it: <c>virtualservice.networking.istio.io</c>.</summary>
    public string KindName => NameOf(Kind);

    /// <summary>As kubectl shows it: <c>virtualservice.networking.istio.io/reviews</c>.</summary>
    public string Display => $"{KindName}/{Name}";

    public string Path
    {
        get
        {
            var path = new StringBuilder(Kind.Group.Length == 0 ? "/api/" : $"/apis/{Kind.Group}/").Append(Version);
            if (Namespace.Length > 0)
                path.Append("/namespaces/").Append(Uri.EscapeDataString(Namespace));
            path.Append('/').Append(Kind.Plural);
            if (Name.Length > 0)
                path.Append('/').Append(Uri.EscapeDataString(Name));
            return path.ToString();
        }
    }

    public static ResourceReference Of(KindSchema kind, string ns, string name = "") =>
        new(kind, kind.Versions[0], kind.IsClusterScoped ? "" : ns, name);

    /// <summary>The path with a query; values that are empty are left out.</summary>
    public string With(params ReadOnlySpan<(string Name, string Value)> query)
    {
        var path = new StringBuilder(Path);
        var separator = '?';
        foreach (var (name, value) in query)
        {
            if (value.Length == 0)
                continue;
            path.Append(separator).Append(name).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }
        return path.ToString();
    }

    public static string NameOf(KindSchema kind) =>
        kind.Group.Length == 0 ? kind.Name.ToLowerInvariant() : $"{kind.Name.ToLowerInvariant()}.{kind.Group}";

    /// <summary>What a document of a file is.</summary>
    /// <param name="ns">Of the command line; null where it says none.</param>
    /// <returns>Null for what is somebody else's, as a Deployment.</returns>
    /// <exception cref="CommandFailure">It is nothing that the API keeps, and should be.</exception>
    public static ResourceReference? Of(ObjectDocument document, string? ns)
    {
        var value = document.Value;
        var apiVersion = value.Text("apiVersion") ?? "";
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        var group = slash < 0 ? "" : apiVersion[..slash];
        var version = apiVersion[(slash + 1)..];
        var name = value.Text("kind") ?? "";
        if (apiVersion.Length == 0 || name.Length == 0)
            throw Wrong(document, "the document has no apiVersion or no kind");
        if (ForeignKinds.Include(group, name))
            return null;
        if (KindCatalogue.Find(group, name) is not { } kind)
        {
            var meant = ForeignKinds.Meant(group, name) is { } close ? $"; did you mean {close}?" : Suggestion(name);
            throw Wrong(document, $"there is no kind {name} in {apiVersion}{meant}");
        }
        if (!kind.Versions.Contains(version))
            throw Wrong(
                document,
                $"there is no version {apiVersion} of {name}; write {kind.ApiVersion(kind.Versions[0])}"
            );
        if (value.Member("metadata").Text("name") is not { Length: > 0 } objectName)
            throw Wrong(document, $"the {name} has no metadata.name");
        if (kind.IsClusterScoped)
            return new ResourceReference(kind, version, "", objectName);
        var own = value.Member("metadata").Text("namespace");
        if (own is { Length: > 0 } && ns is not null && own != ns)
            throw Wrong(document, $"the {name} {objectName} is in the namespace {own}, and --namespace says {ns}");
        return new ResourceReference(kind, version, own is { Length: > 0 } ? own : ns ?? DefaultNamespace, objectName);
    }

    /// <exception cref="CommandFailure">There is none of that name.</exception>
    public static KindSchema FindKind(string name) =>
        KindCatalogue.FindByName(name)
        ?? throw new CommandFailure(ExitCode.Usage, $"there is no kind {name}{Suggestion(name)}");

    private static string Suggestion(string name) =>
        Spelling.Closest(
            name,
            KindCatalogue.All.SelectMany(static kind => new[] { kind.Name, kind.Plural }.Concat(kind.ShortNames))
        )
            is { } meant
            ? $"; did you mean {meant}?"
            : "; docs/reference/kinds lists those there are";

    private static CommandFailure Wrong(ObjectDocument document, string what) =>
        new(ExitCode.BadData, $"{document.At}: {what}");
}
