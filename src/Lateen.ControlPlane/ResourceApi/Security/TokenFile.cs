// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using Lateen.Core;

namespace Lateen.ControlPlane.ResourceApi.Security;

/// <summary>
/// Bearer tokens and whose they are, one a line as in Kubernetes' token file: <c>token,user,uid,"group,group"</c>. Read again when the
/// file changes; a file that cannot be read any more leaves what was read.
/// </summary>
internal sealed class TokenFile
{
    private readonly string _path;
    private readonly Published<Content> _content;

    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="FormatException">A line is none; the message names it.</exception>
    public TokenFile(string path)
    {
        _path = path;
        _content = new Published<Content>(Read());
    }

    /// <summary>Null when nobody has the token.</summary>
    public ApiUser? Find(string token)
    {
        var content = _content.Current;
        if (File.GetLastWriteTimeUtc(_path) != content.WrittenAt)
            content = Reload(content);
        // By hashes, so that how long a comparison takes says nothing of a token.
        return content.Users.GetValueOrDefault(HashOf(token));
    }

    private Content Reload(Content before)
    {
        try
        {
            var content = Read();
            _content.Replace(content);
            return content;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or FormatException)
        {
            return before;
        }
    }

    private Content Read()
    {
        var writtenAt = File.GetLastWriteTimeUtc(_path);
        var users = new Dictionary<string, ApiUser>(StringComparer.Ordinal);
        var number = 0;
        foreach (var line in File.ReadLines(_path))
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
                continue;
            var fields = Fields(line);
            if (fields.Count < 3 || fields[0].Length == 0 || fields[1].Length == 0)
                throw new FormatException($"{_path}:{number}: must be token,user,uid,\"groups\"");
            var groups = fields.Count > 3 ? fields[3].Split(',', StringSplitOptions.RemoveEmptyEntries) : [];
            users[HashOf(fields[0])] = new ApiUser(fields[1], groups);
        }
        return new Content(writtenAt, users);
    }

    /// <summary>Separated by commas; quotes hold commas.</summary>
    private static List<string> Fields(string line)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var isQuoted = false;
        foreach (var c in line)
        {
            if (c == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (c == ',' && !isQuoted)
            {
                fields.Add(field.ToString().Trim());
                field.Clear();
            }
            else
            {
                field.Append(c);
            }
        }
        fields.Add(field.ToString().Trim());
        return fields;
    }

    private static string HashOf(string token) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    private sealed record Content(DateTime WrittenAt, IReadOnlyDictionary<string, ApiUser> Users);
}
