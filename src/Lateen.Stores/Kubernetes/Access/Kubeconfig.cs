// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Objects;

namespace Lateen.Stores.Kubernetes.Access;

/// <summary>
/// What one kubeconfig says, or several together: of two entries with one name the first one counts, and the current context is that of the
/// first file that has one. Paths are relative to the file that they stand in.
/// </summary>
internal sealed class Kubeconfig
{
    private readonly Dictionary<string, KubeconfigEntry> _clusters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, KubeconfigEntry> _contexts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, KubeconfigEntry> _users = new(StringComparer.Ordinal);
    private string _current = "";

    private Kubeconfig() { }

    /// <exception cref="FormatException">One is no kubeconfig; the message names it.</exception>
    /// <exception cref="IOException">One cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">One may not be read.</exception>
    public static Kubeconfig Load(IEnumerable<FileInfo> files)
    {
        var all = new Kubeconfig();
        foreach (var file in files)
            all.Add(file);
        return all;
    }

    /// <summary>The cluster of a context and who asks it.</summary>
    /// <param name="name">Null for the current one.</param>
    /// <exception cref="FormatException">There is no such context, or what belongs to it makes no sense.</exception>
    public (KubeconfigEntry Cluster, KubeconfigEntry? User) Find(string? name)
    {
        name ??= _current;
        if (name.Length == 0)
            throw new FormatException("there is no current-context, and no other one was named");
        if (!_contexts.TryGetValue(name, out var context))
            throw new FormatException(
                $"there is no context \"{name}\"; there {(_contexts.Count == 0 ? "is none" : $"are {string.Join(", ", _contexts.Keys)}")}"
            );
        var cluster = context.Text("cluster") ?? "";
        if (!_clusters.TryGetValue(cluster, out var found))
            throw new FormatException($"there is no cluster \"{cluster}\", which the context \"{name}\" names");
        if (context.Text("user") is not { Length: > 0 } user)
            return (found, null);
        return _users.TryGetValue(user, out var credentials)
            ? (found, credentials)
            : throw new FormatException($"there is no user \"{user}\", which the context \"{name}\" names");
    }

    private void Add(FileInfo file)
    {
        var read = ObjectText.FromYaml(File.ReadAllBytes(file.FullName));
        if (read.Problem.Length > 0)
            throw new FormatException($"{file.FullName} is no kubeconfig: {read.Problem}");
        if (read.Value is not JsonObject config)
            throw new FormatException($"{file.FullName} is no kubeconfig: it is empty, or no mapping");
        if (_current.Length == 0)
            _current = config.Text("current-context") ?? "";
        Add(_clusters, config, "clusters", "cluster", file);
        Add(_contexts, config, "contexts", "context", file);
        Add(_users, config, "users", "user", file);
    }

    private static void Add(
        Dictionary<string, KubeconfigEntry> all,
        JsonObject config,
        string list,
        string member,
        FileInfo file
    )
    {
        foreach (var item in config.Member(list).Items())
        {
            if (item.Text("name") is not { } name)
                throw new FormatException($"{file.FullName} is no kubeconfig: one of its {list} has no name");
            var content = item.Member(member) as JsonObject ?? [];
            all.TryAdd(name, new KubeconfigEntry($"{member} \"{name}\"", content, file));
        }
    }
}

/// <summary>A cluster, a context or a user.</summary>
/// <param name="What">As messages call it.</param>
/// <param name="File">Where it stands.</param>
internal sealed record KubeconfigEntry(string What, JsonObject Content, FileInfo File)
{
    public string? Text(string name) => Content.Text(name) is { Length: > 0 } text ? text : null;

    public bool IsTrue(string name) =>
        Content.Member(name) is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    /// <summary>A path that a field has, from the directory of the file on.</summary>
    public string? PathOf(string name) => Text(name) is { } path ? Path.GetFullPath(path, File.DirectoryName!) : null;

    /// <exception cref="FormatException">It is no base64.</exception>
    public byte[]? Data(string name)
    {
        if (Text(name) is not { } text)
            return null;
        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException failure)
        {
            throw Wrong($"{name} is no base64", failure);
        }
    }

    public FormatException Wrong(string why, Exception? inner = null) => new($"{What}: {why}", inner);
}
