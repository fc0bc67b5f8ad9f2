// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Lateen.Config;
using Lateen.Config.Sources;
using Microsoft.Data.Sqlite;

namespace Lateen.Stores.Sqlite;

/// <summary>
/// Good texts in a SQLite file: thousands of them are kept with one write to the disk, and all or none. Opened with the first call; a file that is
/// damaged is put aside (<c>.damaged</c>) and begun anew, a row whose checksum does not match is passed over.
/// </summary>
public sealed class SqliteGoodTexts(string path) : IGoodTexts
{
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS texts (
          name TEXT NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL, keys TEXT NOT NULL, content TEXT NOT NULL,
          checksum TEXT NOT NULL, PRIMARY KEY (name, number)) WITHOUT ROWID;
        """;

    // The process may end while something is being kept.
    private readonly Lock _gate = new();
    private SqliteConnection? _connection;
    private bool _isDisposed;

    public event Action<string>? Damaged;

    public IReadOnlyList<GoodText> Find(string name) =>
        Do(
            connection =>
            {
                using var command = connection.CreateCommand();
                command.CommandText =
                    "SELECT name, at, keys, content, checksum FROM texts WHERE name = $name ORDER BY number";
                command.Parameters.AddWithValue("$name", name);
                return Read(command).Select(static row => row.Text).ToArray();
            },
            []
        );

    public IReadOnlyDictionary<string, string> Digests() =>
        Do(
            connection =>
            {
                using var command = connection.CreateCommand();
                command.CommandText = "SELECT name, at, keys, content, checksum FROM texts ORDER BY name, number";
                var digests = new Dictionary<string, string>(StringComparer.Ordinal);
                foreach (var (name, text) in Read(command))
                {
                    var isAll = text.Keys is null && !digests.ContainsKey(name);
                    digests[name] = isAll ? GoodText.DigestOf(text.Content) : "";
                }
                return digests;
            },
            []
        );

    public void Replace(IReadOnlyCollection<KeyValuePair<string, IReadOnlyList<GoodText>>> texts) =>
        Do(
            connection =>
            {
                using var transaction = connection.BeginTransaction(deferred: false);
                using var delete = connection.CreateCommand();
                delete.CommandText = "DELETE FROM texts WHERE name = $name";
                using var insert = connection.CreateCommand();
                insert.CommandText = "INSERT INTO texts VALUES ($name, $number, $at, $keys, $content, $checksum)";
                foreach (var (name, versions) in texts)
                {
                    delete.Parameters.Clear();
                    delete.Parameters.AddWithValue("$name", name);
                    delete.ExecuteNonQuery();
                    for (var i = 0; i < versions.Count; i++)
                        Insert(insert, name, i, versions[i]);
                }
                transaction.Commit();
                return true;
            },
            false
        );

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            Close();
        }
    }

    private static void Insert(SqliteCommand insert, string name, int number, GoodText text)
    {
        var at = text.At.UtcTicks;
        var keys = text.Keys is null ? "" : Write(text.Keys);
        insert.Parameters.Clear();
        insert.Parameters.AddWithValue("$name", name);
        insert.Parameters.AddWithValue("$number", number);
        insert.Parameters.AddWithValue("$at", at);
        insert.Parameters.AddWithValue("$keys", keys);
        insert.Parameters.AddWithValue("$content", text.Content);
        insert.Parameters.AddWithValue("$checksum", Checksum(name, at, keys, text.Content));
        insert.ExecuteNonQuery();
    }

    private IEnumerable<(string Name, GoodText Text)> Read(SqliteCommand command)
    {
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            var (name, at, keys, content) = (row.GetString(0), row.GetInt64(1), row.GetString(2), row.GetString(3));
            if (row.GetString(4) == Checksum(name, at, keys, content))
                yield return (
                    name,
                    new GoodText(content, new DateTimeOffset(at, TimeSpan.Zero), keys.Length == 0 ? null : Keys(keys))
                );
            else
                Damaged?.Invoke($"the checksum of {name} in {path} does not match");
        }
    }

    /// <param name="otherwise">What is found in a file that was damaged, and is a new one now.</param>
    private T Do<T>(Func<SqliteConnection, T> step, T otherwise)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            try
            {
                return step(_connection ??= Open());
            }
            catch (SqliteException failure) when (SqliteFile.IsDamage(failure))
            {
                PutAside();
                Damaged?.Invoke($"{path} is damaged ({failure.Message}) and was put aside as {path}.damaged");
                return otherwise;
            }
            catch (SqliteException failure)
            {
                throw new IOException(SqliteFile.Explain(path, failure), failure);
            }
            catch (UnauthorizedAccessException failure)
            {
                throw new IOException(failure.Message, failure);
            }
        }
    }

    private SqliteConnection Open()
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite };
        // SQLite gives the files beside it the same mode.
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (new FileStream(path, options)) { }
        return SqliteFile.Open(path, Schema);
    }

    private void PutAside()
    {
        Close();
        File.Move(path, $"{path}.damaged", overwrite: true);
        // It belongs to that one.
        File.Delete($"{path}-wal");
    }

    private void Close()
    {
        _connection?.Dispose();
        _connection = null;
    }

    private static string Checksum(string name, long at, string keys, string content) =>
        Convert.ToHexString(
            SHA256.HashData(
                Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{name}\n{at}\n{keys}\n{content}"))
            )
        );

    private static string Write(IEnumerable<ConfigKey> keys) =>
        new JsonArray([
            .. keys.Select(static key => new JsonArray(key.Group, key.Kind, key.Namespace, key.Name)),
        ]).ToJsonString();

    private static ConfigKey[] Keys(string text) =>
        [
            .. JsonNode
                .Parse(text)!
                .AsArray()
                .Select(static key => new ConfigKey(
                    (string)key![0]!,
                    (string)key[1]!,
                    (string)key[2]!,
                    (string)key[3]!
                )),
        ];
}
