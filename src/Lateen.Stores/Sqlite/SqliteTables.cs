// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Stores;
using Microsoft.Data.Sqlite;

namespace Lateen.Stores.Sqlite;

/// <summary>
/// The tables of the file: objects as they are, and the latest changes. Called by one thread at a time. A revision is the
/// number of a row of <c>changes</c>; rows are forgotten from the front, and the last one never is.
/// </summary>
internal sealed class SqliteTables : IDisposable
{
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS objects (
          grp TEXT NOT NULL, plural TEXT NOT NULL, ns TEXT NOT NULL, name TEXT NOT NULL,
          revision INTEGER NOT NULL, content BLOB NOT NULL,
          PRIMARY KEY (grp, plural, ns, name)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS changes (
          revision INTEGER PRIMARY KEY, kind INTEGER NOT NULL,
          grp TEXT NOT NULL, plural TEXT NOT NULL, ns TEXT NOT NULL, name TEXT NOT NULL,
          content BLOB NOT NULL, previous_revision INTEGER, previous_content BLOB);
        """;

    private const string Key = "grp = $grp AND plural = $plural AND ns = $ns AND name = $name";

    private readonly SqliteConnection _connection;

    private SqliteTables(SqliteConnection connection) => _connection = connection;

    /// <exception cref="SqliteException">The file cannot be opened, or is no database.</exception>
    public static SqliteTables Open(string path) => new(SqliteFile.Open(path, Schema));

    /// <summary>Of the last change; 0 for a store that never had one.</summary>
    public long Revision()
    {
        using var command = Command("SELECT COALESCE(MAX(revision), 0) FROM changes");
        return (long)command.ExecuteScalar()!;
    }

    public StoredObject? Find(ObjectKey key)
    {
        using var command = Command($"SELECT revision, content FROM objects WHERE {Key}");
        Bind(command, key);
        using var row = command.ExecuteReader();
        return row.Read() ? new StoredObject(key, row.GetInt64(0), row.GetFieldValue<byte[]>(1)) : null;
    }

    /// <summary>Objects of a scope, by key.</summary>
    /// <param name="limit">At most so many; 0 for all.</param>
    public List<StoredObject> List(ObjectScope scope, ObjectKey? after, int limit)
    {
        using var command = Command(
            """
            SELECT grp, plural, ns, name, revision, content FROM objects
            WHERE ($scopeGroup IS NULL OR grp = $scopeGroup) AND ($scopePlural IS NULL OR plural = $scopePlural)
              AND ($scopeNs IS NULL OR ns = $scopeNs)
              AND ($isFirst OR (grp, plural, ns, name) > ($grp, $plural, $ns, $name))
            ORDER BY grp, plural, ns, name LIMIT $limit
            """
        );
        command.Parameters.AddWithValue("$scopeGroup", scope.Group ?? (object)DBNull.Value);
        command.Parameters.AddWithValue("$scopePlural", scope.Plural ?? (object)DBNull.Value);
        command.Parameters.AddWithValue("$scopeNs", scope.Namespace ?? (object)DBNull.Value);
        command.Parameters.AddWithValue("$isFirst", after is null);
        command.Parameters.AddWithValue("$limit", limit == 0 ? -1 : limit);
        Bind(command, after ?? new ObjectKey("", "", "", ""));
        using var row = command.ExecuteReader();
        var found = new List<StoredObject>();
        while (row.Read())
            found.Add(new StoredObject(ReadKey(row, 0), row.GetInt64(4), row.GetFieldValue<byte[]>(5)));
        return found;
    }

    /// <summary>Changes that came after a revision, as far as they are kept.</summary>
    public List<ObjectChange> ChangesAfter(long revision)
    {
        using var command = Command(
            """
            SELECT grp, plural, ns, name, revision, kind, content, previous_revision, previous_content FROM changes
            WHERE revision > $revision ORDER BY revision
            """
        );
        command.Parameters.AddWithValue("$revision", revision);
        using var row = command.ExecuteReader();
        var found = new List<ObjectChange>();
        while (row.Read())
        {
            var key = ReadKey(row, 0);
            found.Add(
                new ObjectChange(
                    (ChangeKind)row.GetInt32(5),
                    new StoredObject(key, row.GetInt64(4), row.GetFieldValue<byte[]>(6)),
                    row.IsDBNull(7) ? null : new StoredObject(key, row.GetInt64(7), row.GetFieldValue<byte[]>(8))
                )
            );
        }
        return found;
    }

    /// <summary>Puts a change into both tables, or into none. It is on disk when this returns.</summary>
    /// <param name="keep">How many changes are kept.</param>
    public void Write(ObjectChange change, int keep)
    {
        using var transaction = _connection.BeginTransaction(deferred: false);
        using (var command = Command(Statement(change.Kind)))
        {
            command.Transaction = transaction;
            Bind(command, change.Object.Key);
            command.Parameters.AddWithValue("$revision", change.Object.Revision);
            command.Parameters.AddWithValue("$kind", (int)change.Kind);
            command.Parameters.AddWithValue("$content", change.Object.Content.ToArray());
            command.Parameters.AddWithValue("$previousRevision", change.Previous?.Revision ?? (object)DBNull.Value);
            command.Parameters.AddWithValue(
                "$previousContent",
                change.Previous?.Content.ToArray() ?? (object)DBNull.Value
            );
            command.Parameters.AddWithValue("$oldest", change.Object.Revision - keep);
            command.ExecuteNonQuery();
        }
        transaction.Commit();
    }

    public void Dispose() => _connection.Dispose();

    private static string Statement(ChangeKind kind) =>
        (
            kind == ChangeKind.Deleted
                ? $"DELETE FROM objects WHERE {Key};"
                : "REPLACE INTO objects VALUES ($grp, $plural, $ns, $name, $revision, $content);"
        )
        + """
            INSERT INTO changes VALUES
              ($revision, $kind, $grp, $plural, $ns, $name, $content, $previousRevision, $previousContent);
            DELETE FROM changes WHERE revision <= $oldest;
            """;

    private static ObjectKey ReadKey(SqliteDataReader row, int at) =>
        new(row.GetString(at), row.GetString(at + 1), row.GetString(at + 2), row.GetString(at + 3));

    private static void Bind(SqliteCommand command, ObjectKey key)
    {
        command.Parameters.AddWithValue("$grp", key.Group);
        command.Parameters.AddWithValue("$plural", key.Plural);
        command.Parameters.AddWithValue("$ns", key.Namespace);
        command.Parameters.AddWithValue("$name", key.Name);
    }

    private SqliteCommand Command(string text)
    {
        var command = _connection.CreateCommand();
        command.CommandText = text;
        return command;
    }
}
