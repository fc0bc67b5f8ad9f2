// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Precedence;

/// <summary>Which namespaces see a resource: <c>exportTo</c>, with its words taken for what they stand for. Immutable.</summary>
public sealed class Exports
{
    /// <summary>The word for all namespaces.</summary>
    public const string All = "*";

    private const string Own = ".";
    private const string None = "~";

    private Exports(IReadOnlyList<string> scopes) => Scopes = scopes;

    /// <summary>All namespaces see it.</summary>
    public static Exports Everybody { get; } = new([All]);

    /// <summary>No namespace sees it.</summary>
    public static Exports Nobody { get; } = new([]);

    /// <summary><see cref="All"/> alone, or names of namespaces, each once; nothing for nobody.</summary>
    public IReadOnlyList<string> Scopes { get; }

    public bool IsPublic => ReferenceEquals(this, Everybody);

    /// <param name="exportTo">As it was written. <c>*</c> wins over <c>~</c>, and both over names beside them (Istio's rule).</param>
    /// <param name="ns">The resource's namespace, which <c>.</c> stands for.</param>
    /// <param name="otherwise">Who sees a resource that does not say it.</param>
    public static Exports Of(IReadOnlyList<string> exportTo, string ns, DefaultExport otherwise)
    {
        if (exportTo.Count == 0)
            return otherwise == DefaultExport.OwnNamespace ? Only(ns) : Everybody;
        if (exportTo.Contains(All))
            return Everybody;
        if (exportTo is [var single] && single != None)
            return Only(single == Own ? ns : single);
        return exportTo.Contains(None)
            ? Nobody
            : new Exports(exportTo.Select(word => word == Own ? ns : word).Distinct(StringComparer.Ordinal).ToArray());
    }

    public static Exports Only(string ns) => new([ns]);

    public bool IsSeenIn(string ns) => IsPublic || Scopes.Contains(ns);

    /// <summary>Whether some namespace beside <paramref name="ns"/> sees it.</summary>
    public bool GoBeyond(string ns)
    {
        foreach (var scope in Scopes)
        {
            if (scope != ns)
                return true;
        }
        return false;
    }

    /// <summary>Whether some namespace sees both.</summary>
    public bool Meet(Exports other) =>
        IsPublic ? other.Scopes.Count > 0
        : other.IsPublic ? Scopes.Count > 0
        : Scopes.Intersect(other.Scopes, StringComparer.Ordinal).Any();

    public override string ToString() => string.Join(',', Scopes);
}

/// <summary>Who sees a resource that does not say it.</summary>
public enum DefaultExport : byte
{
    /// <summary><c>*</c>, Istio's default.</summary>
    Everybody,

    /// <summary><c>.</c></summary>
    OwnNamespace,
}
